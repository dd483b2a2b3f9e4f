"""Log-in by an OpenID provider: there and back, by Authlib, with PKCE, state and nonce.

What has to be remembered between the two is in a cookie of this browser alone, encrypted, for ten minutes. What the
provider says is believed when its token is signed by a key of the issuer that the settings name, is for us, in time,
and answers this one log-in.
"""

import json
import logging
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from access import oidc
from access.oidc import Account
from model.errors import LevelheadError
from model.language import _, later
from model.settings import Settings
from store.keys import KeyMissing, Keys
from web.addresses import public, secure

log = logging.getLogger(__name__)

BEGIN, BACK = "/login/oidc", "/login/oidc/back"
_USUAL = later("single sign-on")
_COOKIE = "levelhead_oidc"
_LASTS_S = 600
_TIMEOUT_S = 10.0
_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Keys that the provider alone has; never one that is shared, and never none."""


class NotLoggedIn(LevelheadError):
    """The provider did not let this person in, or its answer is none."""


class Provider:
    """The provider that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._back = public(settings) + BACK
        self._secure = secure(settings)
        self._client: StarletteOAuth2App = OAuth().register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "timeout": _TIMEOUT_S,
                "follow_redirects": False,
            },
        )

    @property
    def name(self) -> str:
        """What the log-in page calls it; what is usual, in the reader's language."""
        name = self._settings.oidc_name
        return _(_USUAL) if name == _USUAL else name

    async def begin(self, request: Request, keys: Keys) -> Response:
        """Sends the browser to the provider. Raises NotLoggedIn when that cannot be asked."""
        request.scope["session"] = {}
        try:
            await self._known()
            answer: Response = await self._client.authorize_redirect(request, self._back)
        except (httpx2.HTTPError, AuthlibBaseError, ValueError, KeyError, RuntimeError) as error:
            raise self._away(error) from error
        kept = keys.encrypt(json.dumps(request.session)).decode()
        answer.set_cookie(
            _COOKIE, kept, max_age=_LASTS_S, path=BEGIN, httponly=True, samesite="lax", secure=self._secure
        )
        return answer

    async def back(self, request: Request, keys: Keys) -> Account:
        """Who came back. Raises NotLoggedIn or NotAllowed; nothing is asked of the provider without our cookie."""
        request.scope["session"] = self._remembered(request, keys)
        if problem := request.query_params.get("error"):
            log.info("the provider did not let somebody in: %r", problem[:100])
            raise NotLoggedIn(_("{name} did not let you in. Try again, or ask whoever runs it.", name=self.name))
        if f"_state_provider_{request.query_params.get('state')}" not in request.session:
            raise NotLoggedIn(_("This log-in took too long, or was begun in another window. Begin again."))
        try:
            await self._known()
            token = await self._client.authorize_access_token(request)
            claims = dict(token.get("userinfo") or {})
            claims = await self._more(token, claims)
        except httpx2.HTTPError as error:
            raise self._away(error) from error
        except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError, RuntimeError) as error:
            # Tokens stand in no message of these.
            log.warning("the provider's answer was not taken: %s: %s", type(error).__name__, error)
            raise NotLoggedIn(
                _(
                    "The answer of {name} could not be checked, so nobody was logged in. Try again. Whoever runs"
                    " Levelhead finds the cause in logs/web.log.",
                    name=self.name,
                )
            ) from error
        return oidc.account(
            self._settings.oidc_issuer, claims, self._settings.oidc_groups, trust_email=self._settings.oidc_trust_email
        )

    def forget(self, answer: Response) -> None:
        """Each log-in is remembered until it is over."""
        answer.delete_cookie(_COOKIE, path=BEGIN)

    async def _known(self) -> None:
        """Asks once where the provider's addresses are. Raises ValueError when it calls itself something else."""
        metadata = await self._client.load_server_metadata()
        if str(metadata.get("issuer", "")).rstrip("/") != self._settings.oidc_issuer:
            metadata.pop("_loaded_at", None)
            raise ValueError("the provider's issuer is not LEVELHEAD_OIDC_ISSUER")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in _SIGNED_BY] or ["RS256"]

    async def _more(self, token: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        """What else the provider says of the same person: many give groups there alone."""
        if "sub" not in claims:
            raise ValueError("the provider sent no ID token")
        if "userinfo_endpoint" not in await self._client.load_server_metadata():
            return claims
        more = dict(await self._client.userinfo(token=token))
        if more.get("sub") != claims["sub"]:
            raise ValueError("the provider speaks of somebody else")
        return {**more, **claims}

    def _remembered(self, request: Request, keys: Keys) -> dict[str, Any]:
        try:
            kept = json.loads(keys.decrypt(request.cookies.get(_COOKIE, "").encode()))
        except (KeyMissing, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _away(self, error: Exception) -> NotLoggedIn:
        log.warning("the provider cannot be asked: %s: %s", type(error).__name__, error)
        return NotLoggedIn(
            _("{name} cannot be reached just now. Try again in a moment, or log in with a password.", name=self.name)
        )


def provider(settings: Settings) -> Provider | None:
    """None where passwords are the only way in."""
    return Provider(settings) if settings.oidc_issuer else None
