"""A small Tower: the REST API of Ansible Tower, AWX and the AAP controller, over real HTTP, for demos and tests."""
