"""What a tile may look like. Each value is a class name in static/css and, for icons, a symbol in the sprite."""

from django.db.models import TextChoices


class Colour(TextChoices):
    COBALT = "cobalt"
    LAGOON = "lagoon"
    FERN = "fern"
    OLIVE = "olive"
    SUN = "sun"
    EMBER = "ember"
    BERRY = "berry"
    PLUM = "plum"
    SLATE = "slate"
    ICE = "ice"


class Size(TextChoices):
    NORMAL = "normal"
    WIDE = "wide"
    LARGE = "large"


class Icon(TextChoices):
    """Names of Lucide icons (ISC licence)."""

    NETWORK = "network"
    LAYERS = "layers-plus"
    ETHERNET = "ethernet-port"
    WIFI = "wifi"
    FIREWALL = "brick-wall-fire"
    VPN = "waypoints"
    CABLE = "cable"
    RESET = "rotate-ccw"
    BACKUP = "database-backup"
    ROUTE = "route"
    SERVER = "server"
    SHIELD = "shield"
    GLOBE = "globe"
    BUILDING = "building-2"
    PHONE = "phone"
    KEY = "key-round"
    USERS = "users"
    ACTIVITY = "activity"
    SEARCH = "scan-search"
    WRENCH = "wrench"
    BOX = "box"
    CLOUD = "cloud"
    LIST = "list-checks"
    WORKFLOW = "workflow"
