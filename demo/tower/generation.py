"""Which generation of Tower the demo plays: what it calls itself, where its API is, and how one signs in.

AAP's gateway and Tower 3.0 to 3.2 are played after documents (Red Hat's API changes for AAP 2.5; AWX's first sources
and the Tower guides of 2017); nobody has seen them running here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Generation:
    """`bases` are the prefixes before the API's version; `schemes` the Authorization headers that are understood."""

    name: str
    bases: tuple[str, ...]
    api: str = "v2"
    version: str = "24.6.2.dev0"
    product: str = "AWX"
    schemes: tuple[str, ...] = ("bearer", "basic")
    token_paths: tuple[str, ...] = ("/api/o/token/",)

    @property
    def is_old(self) -> bool:
        """Whether it is a Tower 3.0 to 3.2."""
        return self.api == "v1"

    @property
    def has_gateway(self) -> bool:
        """Whether a gateway stands before the controller."""
        return self.name == "aap"


ANY = Generation("any", ("/api", "/api/controller"))
GENERATIONS = {
    one.name: one
    for one in (
        ANY,
        Generation("awx", ("/api",)),
        Generation(
            "aap", ("/api/controller",), version="4.6.8", product="Red Hat Ansible Automation Platform",
            token_paths=("/o/token/",),
        ),
        Generation(
            "tower-3.2", ("/api",), api="v1", version="3.2.8", product="", schemes=("token", "basic"), token_paths=(),
        ),
    )
}  # fmt: skip
