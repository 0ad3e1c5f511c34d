"""Provisioning callbacks: a new machine asks, with a key and no account, that a template runs on it.

The machine is told by the address it calls from, which must be a host's name or its ansible_host.
"""

from typing import Any

from werkzeug.wrappers import Response

from demo.tower import creating, launchform
from demo.tower.answers import Refused, forbidden, missing
from demo.tower.call import Call
from demo.tower.variables import Unparsable, parse
from demo.tower.world import Host, Template

ADDRESSES = ("ansible_host", "ansible_ssh_host")


def get(call: Call, pk: int) -> dict[str, Any]:
    """GET callback/: which hosts a callback from here would match, and the key."""
    template = call.template("job_template", pk)
    names = [host.name for host in _matching(call, template)]
    return {"host_config_key": template.host_config_key, "matching_hosts": names}


def post(call: Call, pk: int) -> Response:
    """POST callback/: for anyone with the key. 201 with an empty body; the job is in Location."""
    is_form = call.request.mimetype == "application/x-www-form-urlencoded"
    body: dict[str, Any] = call.request.form.to_dict() if is_form else call.body()
    key, template = body.get("host_config_key"), call.tower.world.templates.get(pk)
    if not key:
        raise forbidden()
    if template is None or template.is_workflow:
        raise missing("JobTemplate")
    if template.host_config_key != key:
        raise forbidden()
    given = None if is_form else body.get("extra_vars")
    with call.tower.ledger.lock:
        host = _host(call, template)
        variables = _variables(template, given)
        if not _can_start(call, template, given, variables):
            raise _refuse("Cannot start automatically, user input required!")
        if _pending(call, template, host):
            raise _refuse("Host callback job already pending.")
        accepted: dict[str, Any] = {"limit": host.name}
        if "variables" in template.asks and variables:
            accepted["extra_vars"] = variables
        job = creating.create(call.tower, template, accepted, launch_type="callback")
    return Response(status=201, headers={"Location": call.url("jobs", job.id)})


def _refuse(text: str) -> Refused:
    return Refused(400, {"msg": text})


def _host(call: Call, template: Template) -> Host:
    if template.values["inventory"] not in call.tower.world.inventories:
        raise _refuse("Cannot start automatically, an inventory is required.")
    hosts = _matching(call, template)
    if not hosts:
        raise _refuse("No matching host could be found!")
    if len(hosts) > 1:
        raise _refuse("Multiple hosts matched the request!")
    return hosts[0]


def _matching(call: Call, template: Template) -> list[Host]:
    inventory = call.tower.world.inventories.get(template.values["inventory"] or 0)
    address = call.request.remote_addr
    hosts = inventory.hosts if inventory else []
    return [one for one in hosts if address in (one.name, *(one.variables.get(name) for name in ADDRESSES))]


def _variables(template: Template, given: Any) -> dict[str, Any]:
    """What the machine sends along, if the template asks for it; what could steer Ansible itself is left out."""
    try:
        sent = parse(given) if given else {}
    except Unparsable:
        return {}
    return {name: value for name, value in sent.items() if not str(name).startswith("ansible_")}


def _can_start(call: Call, template: Template, given: Any, variables: dict[str, Any]) -> bool:
    """Whether nobody has to be asked. Prompts are in the way only of a machine that sends no variables."""
    known = call.tower.world.credentials
    if any(known[pk].passwords_needed for pk in template.credentials if pk in known):
        return False
    return set(launchform.needed(template)) <= set(variables) and not (given is None and template.asks)


def _pending(call: Call, template: Template, host: Host) -> bool:
    jobs = call.tower.ledger.jobs.values()
    return any(job.template == template.id and job.values.get("limit") == host.name and not job.ended for job in jobs)
