"""What a schedule's jobs bring along in lists: credentials, labels, instance groups. Put there one by one."""

from typing import Any

from werkzeug.wrappers import Response

from demo.tower import scheduleviews, thingviews
from demo.tower.answers import Refused, forbidden
from demo.tower.call import Call
from demo.tower.listing import associated

ASKED = {"credentials": "credential", "labels": "labels", "instance_groups": "instance_groups"}
INTERACTIVE = "Credential that requires user input on launch cannot be used in saved launch configuration."


def get(call: Call, pk: int, name: str) -> dict[str, Any]:
    """GET schedules/N/credentials/ and so on."""
    schedule = scheduleviews.found(call, pk)
    return thingviews.some(call, name, schedule.prompts.get(name, []))


def post(call: Call, pk: int, name: str) -> Response:
    """POST {"id"}, with "disassociate" to take it away again."""
    schedule = scheduleviews.found(call, pk, to_change=True)
    thing, away = associated(call, thingviews.all_of(call, name))
    template = call.tower.world.templates[schedule.template]
    if not away and ASKED[name] not in template.asks:
        raise Refused(400, {"msg": f"Related template is not configured to accept {name} on launch."})
    if not away and name == "credentials" and thing.passwords_needed:
        raise Refused(400, {"msg": INTERACTIVE})
    if not away and not call.who.may_use(thing.name):
        raise forbidden()
    with call.tower.schedules.lock:
        others = [one for one in schedule.prompts.get(name, []) if one != thing.id]
        schedule.prompts[name] = others if away else [*others, thing.id]
        call.tower.schedules.save(schedule)
    return Response(status=204)
