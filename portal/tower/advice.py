"""What is wrong with how we sign in, or missing for what the portal does there, in sentences for operators."""

from collections.abc import Collection, Iterable, Sequence

from portal.tower.generations import Generation
from portal.tower.records import Account, Identity, TemplateRecord
from portal.tower.ways import Way

SHOWN = 5
PROMPTS = {"inventory": ("inventories", "an inventory"), "credential": ("credentials", "a credential")}
_AT_THE_GATEWAY = {
    Way.TOKEN: "This is an AAP gateway: make the token at the gateway; one made in the controller does not count.",
    Way.OAUTH2: "This is an AAP gateway: the application must have been made at the gateway.",
    Way.BASIC: "This is an AAP gateway, where Basic may be switched off: choose a token, and make it at the gateway.",
}


def on_refusal(identity: Identity, way: Way) -> str:
    """What to choose or make instead, when Tower has refused the account; empty if the way fits."""
    this = f"This is {identity.product} {identity.version}"
    if way not in identity.generation.ways:
        if identity.generation is Generation.OLD:
            return f"{this}, which has no OAuth2: choose user name and password of Tower 3.0 to 3.2."
        return f"{this}, where the sign-in of Tower 3.0 to 3.2 is gone: choose a personal access token."
    return _AT_THE_GATEWAY.get(way, "") if identity.generation is Generation.AAP else ""


def shortcomings(account: Account, seen: Sequence[TemplateRecord], needed: Collection[str], way: Way) -> list[str]:
    """What the account lacks; `needed` are the names of the templates that tiles are made of."""
    if not seen and not needed:
        return ["It sees no templates: give it the role Execute on each job and workflow template to be offered."]
    startable = {record.name for record in seen if record.can_start}
    if seen and not startable and way in {Way.TOKEN, Way.OAUTH2}:
        if not account.may_write:
            return ["Its token is read-only, so nothing can be started: make one with the scope “Write”."]
        names = listed(record.name for record in seen)
        return [f"Its token is read-only (make one with the scope “Write”), or the role Execute is missing on {names}."]
    lacking = [record.name for record in seen if not record.can_start]
    lacking += sorted(name for name in needed if name not in startable and name not in lacking)
    return [f"The role Execute is missing on {listed(lacking)}."] if lacking else []


def for_prompts(seen: Sequence[TemplateRecord], usable: Collection[str]) -> list[str]:
    """Roles that a choice at launch takes; `usable` says of which kinds of objects there are any that we may use."""
    hints = []
    for prompt, (kind, thing) in PROMPTS.items():
        asking = [record.name for record in seen if record.can_start and record.asks.get(f"ask_{prompt}_on_launch")]
        if asking and kind not in usable:
            hints.append(f"{listed(asking)} may ask for {thing}: the role Use is missing on those to choose from.")
    return hints


def listed(names: Iterable[str]) -> str:
    """A few of them in quotation marks, and how many more there are."""
    every = [f"“{name}”" for name in names]
    more = len(every) - SHOWN
    return ", ".join(every[:SHOWN]) + (f" and {more} more" if more > 0 else "")
