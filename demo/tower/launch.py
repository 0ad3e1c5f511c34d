"""Launch a template: what is asked for, what is refused, and the job that comes of it."""

from typing import Any

from werkzeug.wrappers import Response

from demo.tower import jobs, making, prompts, surveys, workflows
from demo.tower.answers import Refused, as_json, forbidden
from demo.tower.call import Call
from demo.tower.ledger import Job
from demo.tower.world import JOB_ASKS, WORKFLOW_ASKS, Credential, Template


def post(call: Call, pk: int) -> Response:
    """POST job_templates/N/launch/."""
    template = call.template("job_template", pk)
    body = dict(call.body())
    if "inventory" not in body and "inventory_id" in body:
        body["inventory"] = body["inventory_id"]
    if "credential_passwords" not in body:
        body["credential_passwords"] = dict(body)  # the legacy habit: the whole body is searched for password names
    given, wrong = prompts.read(call.tower.world, body, workflow=False)
    if wrong:
        raise Refused(400, wrong)
    accepted, ignored = _sort(call, template, given)
    _demand_use(call, template, accepted)
    accepted["passwords"] = _passwords(call, template, accepted, given)
    job = create(call, template, accepted)
    for tell in call.tower.launched:
        tell(job, given.get("extra_vars", {}))
    return launched(call, job, ignored)


def post_workflow(call: Call, pk: int) -> Response:
    """POST workflow_job_templates/N/launch/: what is not prompted for is refused, not ignored."""
    template = call.template("workflow_job_template", pk)
    given, wrong = prompts.read(call.tower.world, dict(call.body()), workflow=True)
    unreadable = {"extra_vars": wrong.pop("extra_vars")} if _says_parse(wrong) else {}
    if wrong:
        raise Refused(400, wrong)
    accepted, _ignored, errors = sort_fields(template, given, strict=True)
    if errors | unreadable:
        raise Refused(400, errors | unreadable)
    _demand_use(call, template, accepted)
    job = workflows.create(call, template, accepted)
    for tell in call.tower.launched:
        tell(job, given.get("extra_vars", {}))
    return launched(call, job, {})


def _says_parse(wrong: dict[str, list[str]]) -> bool:
    """Whether extra_vars cannot be read: a workflow's launch tells that together with the prompts, not before."""
    return any(text.startswith("Cannot parse") for text in wrong.get("extra_vars", []))


def launched(call: Call, job: Job, ignored: dict[str, Any] | None) -> Response:
    """201 with the new job."""
    key = "workflow_job" if job.type == "workflow_job" else "job"
    head: dict[str, Any] = {key: job.id}
    if ignored is not None:
        head["ignored_fields"] = prompts.public(ignored)
    detail = jobs.created(call, job)
    return as_json(head | detail, 201, {"Location": detail["url"]})


def sort_fields(
    template: Template, given: dict[str, Any], *, strict: bool
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Split a launch's fields into accepted and rejected ones. A value equal to the template's is in neither."""
    variables, refused, errors = surveys.sort_variables(template, given.get("extra_vars", {}), strict=strict)
    accepted: dict[str, Any] = {"extra_vars": variables} if variables else {}
    rejected: dict[str, Any] = {"extra_vars": refused} if refused else {}
    problems: dict[str, Any] = dict(errors)
    for ask, name in (WORKFLOW_ASKS if template.is_workflow else JOB_ASKS).items():
        if name not in given or name == "extra_vars" or _same(template, name, given[name]):
            continue
        if ask in template.asks:
            if name == "scm_branch" and not template.is_workflow and not template.branch_override:
                problems[name] = ["Project does not allow override of branch."]
            accepted[name] = given[name]
            continue
        rejected[name] = given[name]
        if strict:
            problems[name] = ["Field is not configured to prompt on launch."]
    return accepted, rejected, problems


def _same(template: Template, name: str, value: Any) -> bool:
    if name == "credentials":
        return not set(value) - set(template.credentials)
    if name in ("labels", "instance_groups"):
        return False  # not even an empty list is the same as none
    return bool(value == template.values.get(name))


def _sort(call: Call, template: Template, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Accepted and ignored fields of a job launch; Refused with everything that is wrong at once."""
    accepted, ignored, errors = sort_fields(template, given, strict=False)
    if template.values["inventory"] is None and "inventory" not in accepted:
        errors["resources_needed_to_start"] = ["Job Template inventory is missing or undefined."]
    credentials = call.tower.world.credentials
    if "credentials" in given:
        own = [credentials[pk] for pk in template.credentials]
        chosen = [credentials[pk] for pk in given["credentials"]]
        problems = _doubled([credentials[pk] for pk in accepted.get("credentials", [])]) + _removed(own, chosen)
        if problems:
            errors["credentials"] = problems
    lacking = [name for name in _needed(call, template, accepted) if name not in given["credential_passwords"]]
    if lacking:
        errors["passwords_needed_to_start"] = lacking
    if errors:
        raise Refused(400, errors)
    return accepted, ignored


def _doubled(chosen: list[Credential]) -> list[str]:
    slots = [credential.slot for credential in chosen]
    return [
        f"Cannot assign multiple {credential.kind_name} credentials."
        for number, credential in enumerate(chosen)
        if credential.slot in slots[:number]
    ]


def _removed(own: list[Credential], chosen: list[Credential]) -> list[str]:
    gone = [credential for credential in own if credential not in chosen]
    names = ", ".join(f"{credential.name}-{credential.id}" for credential in gone)
    slots = {credential.slot for credential in chosen}
    return [
        f"Removing {credential.kind_name} credential at launch time without replacement is not supported. "
        f"Provided list lacked credential(s): {names}."
        for credential in gone
        if credential.slot not in slots
    ]


def used_credentials(call: Call, template: Template, accepted: dict[str, Any]) -> list[Credential]:
    """The template's credentials, replaced by the launch's where they fill the same slot."""
    known = call.tower.world.credentials
    slots = {
        known[pk].slot: known[pk] for pk in (*template.credentials, *accepted.get("credentials", [])) if pk in known
    }
    return list(slots.values())


def _needed(call: Call, template: Template, accepted: dict[str, Any]) -> list[str]:
    return [name for one in used_credentials(call, template, accepted) for name in one.passwords_needed]


def _passwords(call: Call, template: Template, accepted: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The passwords of the credentials used; an empty one does not count."""
    found = {name: given["credential_passwords"].get(name) for name in _needed(call, template, accepted)}
    lacking = [name for name, value in found.items() if not value]
    if lacking:
        raise Refused(400, {"passwords_needed_to_start": lacking})
    return found


def _demand_use(call: Call, template: Template, accepted: dict[str, Any]) -> None:
    """403 unless the caller may use each resource that the launch brings along and the template has not."""
    world = call.tower.world
    if not call.may_write:
        raise forbidden()
    brought = [world.inventories[accepted["inventory"]].name] if "inventory" in accepted else []
    brought += [world.credentials[pk].name for pk in accepted.get("credentials", []) if pk not in template.credentials]
    brought += [world.labels[pk] for pk in accepted.get("labels", []) if pk not in template.labels]
    brought += [world.instance_groups[pk].name for pk in accepted.get("instance_groups", [])]
    if not all(call.who.may_use(name) for name in brought):
        raise forbidden()


def create(call: Call, template: Template, accepted: dict[str, Any]) -> Job:
    """The job of a launch; a workflow job when the template's work is sliced."""
    fields = making.job_fields(template, accepted) | {"created_by": call.who.id}
    fields["credentials"] = [one.id for one in used_credentials(call, template, accepted)]
    fields["labels"] = sorted({*template.labels, *accepted.get("labels", [])})
    fields["instance_groups"] = accepted.get("instance_groups", [])
    clear = surveys.job_variables(template, accepted.get("extra_vars", {}))
    secrets = {"vars": making.pick_secrets(template, clear), "passwords": accepted.get("passwords", {})}
    masked = making.masked(clear, secrets["vars"])
    inventory = call.tower.world.inventories.get(fields["values"]["inventory"] or 0)
    slices = min(fields["values"]["job_slice_count"], len(inventory.hosts) if inventory else 0)
    if slices > 1:
        return workflows.create_sliced(call.tower, template, slices, secrets, fields | {"extra_vars": masked})
    return call.tower.ledger.create("job", secrets, extra_vars=masked, **fields)
