"""From credentials to the object that signs requests."""

from portal.tower.auth import Basic, BearerToken, SignIn
from portal.tower.authtoken import AuthToken
from portal.tower.oauth2 import PasswordGrant
from portal.tower.renewing import Renewing
from portal.tower.tickets import Keeper
from portal.tower.ways import Credentials, Way


def sign_in(credentials: Credentials, keeper: Keeper) -> SignIn:
    """By the way that was chosen. `keeper` keeps the tokens of the ways that get theirs from Tower."""
    if credentials.way == Way.TOKEN:
        return BearerToken(credentials.token)
    if credentials.way == Way.BASIC:
        return Basic(credentials.username, credentials.password)
    if credentials.way == Way.OAUTH2:
        return Renewing(PasswordGrant(credentials), keeper)
    return Renewing(AuthToken(credentials), keeper)
