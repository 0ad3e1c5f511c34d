"""Where curators make tiles and operators look after Towers: Django's admin."""

from catalog.admin.templates import TemplateAdmin
from catalog.admin.tiles import CategoryAdmin, TileAdmin
from catalog.admin.towers import ControllerAdmin

__all__ = ["CategoryAdmin", "ControllerAdmin", "TemplateAdmin", "TileAdmin"]
