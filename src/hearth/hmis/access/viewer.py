"""What row policies and field rights ask of a user, so that models of rights can have policies themselves."""

from collections.abc import Mapping
from typing import Any, Protocol

from hearth.hmis.access.permissions import Permission


class Viewer(Protocol):
    """What a policy asks of a user (`access.models.User`, or somebody who is not signed in)."""

    pk: Any
    is_active: Any

    @property
    def is_authenticated(self) -> Any: ...
    @property
    def sees_all(self) -> bool: ...
    @property
    def sees_clients(self) -> bool: ...
    @property
    def own_projects(self) -> frozenset[int]: ...
    @property
    def rights(self) -> Mapping[Permission, tuple[bool, frozenset[int]]]: ...
    def may(self, permission: Permission, /, *, project: int | None = None) -> bool: ...
    def everywhere(self, permission: Permission, /) -> bool: ...
    def projects(self, permission: Permission, /) -> frozenset[int]: ...
