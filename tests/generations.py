"""Every Tower a user may have, and every way to sign in there."""

from dataclasses import asdict, dataclass, replace

from demo.tower.harness import SERVICE, TowerHarness
from portal.tower.ways import Credentials, Way


@dataclass(frozen=True)
class Case:
    """The demo Tower plays `generation`; the portal finds its API at `base` and signs in by `way`."""

    generation: str
    base: str
    way: Way

    def credentials(self, tower: TowerHarness) -> Credentials:
        """What signs in there now."""
        if self.way == Way.TOKEN:
            return Credentials(self.way, token=tower.token)
        found = Credentials(self.way, username=SERVICE, password=tower.password)
        if self.way == Way.OAUTH2:
            return replace(found, client_id=tower.client_id, client_secret=tower.client_secret)
        return found

    def columns(self, tower: TowerHarness) -> dict[str, str]:
        """The same, as columns of a controller."""
        found = {name: str(value) for name, value in asdict(self.credentials(tower)).items()}
        return found | {"url": tower.url}

    def spoil(self, tower: TowerHarness) -> None:
        """The secret is revoked: what signed in until now does not any more."""
        tower.revoke_tokens()
        if self.way != Way.TOKEN:
            tower.change_password("another password")

    def mend(self, tower: TowerHarness) -> Credentials:
        """A new secret."""
        if self.way == Way.TOKEN:
            tower.token = tower.tower.accounts.issue(tower.tower.accounts.named(SERVICE), scope="write")[1]
        return self.credentials(tower)


AAP, AWX, OLD = "/api/controller/v2/", "/api/v2/", "/api/v1/"
CASES = {
    "AAP": Case("aap", AAP, Way.TOKEN),
    "AAP with password grant": Case("aap", AAP, Way.OAUTH2),
    "AWX": Case("awx", AWX, Way.TOKEN),
    "AWX with password grant": Case("awx", AWX, Way.OAUTH2),
    "AWX with basic": Case("awx", AWX, Way.BASIC),
    "Tower 3.2": Case("tower-3.2", OLD, Way.AUTHTOKEN),
    "Tower 3.2 with basic": Case("tower-3.2", OLD, Way.BASIC),
}
RENEWED = {name: case for name, case in CASES.items() if case.way in {Way.OAUTH2, Way.AUTHTOKEN}}
