from helmpy.hapi.chart import chart_pb2 as _chart_pb2
from helmpy.hapi.chart import config_pb2 as _config_pb2
from helmpy.hapi.release import release_pb2 as _release_pb2
from helmpy.hapi.release import info_pb2 as _info_pb2
from helmpy.hapi.release import test_run_pb2 as _test_run_pb2
from helmpy.hapi.release import status_pb2 as _status_pb2
from helmpy.hapi.version import version_pb2 as _version_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListReleasesRequest(_message.Message):
    __slots__ = ("limit", "offset", "sort_by", "filter", "sort_order", "status_codes", "namespace")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    SORT_BY_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    SORT_ORDER_FIELD_NUMBER: _ClassVar[int]
    STATUS_CODES_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    limit: int
    offset: str
    sort_by: ListSort.SortBy
    filter: str
    sort_order: ListSort.SortOrder
    status_codes: _containers.RepeatedScalarFieldContainer[_status_pb2.Status.Code]
    namespace: str
    def __init__(self, limit: _Optional[int] = ..., offset: _Optional[str] = ..., sort_by: _Optional[_Union[ListSort.SortBy, str]] = ..., filter: _Optional[str] = ..., sort_order: _Optional[_Union[ListSort.SortOrder, str]] = ..., status_codes: _Optional[_Iterable[_Union[_status_pb2.Status.Code, str]]] = ..., namespace: _Optional[str] = ...) -> None: ...

class ListSort(_message.Message):
    __slots__ = ()
    class SortBy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[ListSort.SortBy]
        NAME: _ClassVar[ListSort.SortBy]
        LAST_RELEASED: _ClassVar[ListSort.SortBy]
        CHART_NAME: _ClassVar[ListSort.SortBy]
    UNKNOWN: ListSort.SortBy
    NAME: ListSort.SortBy
    LAST_RELEASED: ListSort.SortBy
    CHART_NAME: ListSort.SortBy
    class SortOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        ASC: _ClassVar[ListSort.SortOrder]
        DESC: _ClassVar[ListSort.SortOrder]
    ASC: ListSort.SortOrder
    DESC: ListSort.SortOrder
    def __init__(self) -> None: ...

class ListReleasesResponse(_message.Message):
    __slots__ = ("count", "next", "total", "releases")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    NEXT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    RELEASES_FIELD_NUMBER: _ClassVar[int]
    count: int
    next: str
    total: int
    releases: _containers.RepeatedCompositeFieldContainer[_release_pb2.Release]
    def __init__(self, count: _Optional[int] = ..., next: _Optional[str] = ..., total: _Optional[int] = ..., releases: _Optional[_Iterable[_Union[_release_pb2.Release, _Mapping]]] = ...) -> None: ...

class GetReleaseStatusRequest(_message.Message):
    __slots__ = ("name", "version")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: int
    def __init__(self, name: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class GetReleaseStatusResponse(_message.Message):
    __slots__ = ("name", "info", "namespace")
    NAME_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    name: str
    info: _info_pb2.Info
    namespace: str
    def __init__(self, name: _Optional[str] = ..., info: _Optional[_Union[_info_pb2.Info, _Mapping]] = ..., namespace: _Optional[str] = ...) -> None: ...

class GetReleaseContentRequest(_message.Message):
    __slots__ = ("name", "version")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: int
    def __init__(self, name: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class GetReleaseContentResponse(_message.Message):
    __slots__ = ("release",)
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ...) -> None: ...

class UpdateReleaseRequest(_message.Message):
    __slots__ = ("name", "chart", "values", "dry_run", "disable_hooks", "recreate", "timeout", "reset_values", "wait", "reuse_values", "force", "description", "subNotes", "cleanup_on_fail")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CHART_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    DISABLE_HOOKS_FIELD_NUMBER: _ClassVar[int]
    RECREATE_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    RESET_VALUES_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    REUSE_VALUES_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SUBNOTES_FIELD_NUMBER: _ClassVar[int]
    CLEANUP_ON_FAIL_FIELD_NUMBER: _ClassVar[int]
    name: str
    chart: _chart_pb2.Chart
    values: _config_pb2.Config
    dry_run: bool
    disable_hooks: bool
    recreate: bool
    timeout: int
    reset_values: bool
    wait: bool
    reuse_values: bool
    force: bool
    description: str
    subNotes: bool
    cleanup_on_fail: bool
    def __init__(self, name: _Optional[str] = ..., chart: _Optional[_Union[_chart_pb2.Chart, _Mapping]] = ..., values: _Optional[_Union[_config_pb2.Config, _Mapping]] = ..., dry_run: bool = ..., disable_hooks: bool = ..., recreate: bool = ..., timeout: _Optional[int] = ..., reset_values: bool = ..., wait: bool = ..., reuse_values: bool = ..., force: bool = ..., description: _Optional[str] = ..., subNotes: bool = ..., cleanup_on_fail: bool = ...) -> None: ...

class UpdateReleaseResponse(_message.Message):
    __slots__ = ("release",)
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ...) -> None: ...

class RollbackReleaseRequest(_message.Message):
    __slots__ = ("name", "dry_run", "disable_hooks", "version", "recreate", "timeout", "wait", "force", "description", "cleanup_on_fail")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    DISABLE_HOOKS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RECREATE_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    CLEANUP_ON_FAIL_FIELD_NUMBER: _ClassVar[int]
    name: str
    dry_run: bool
    disable_hooks: bool
    version: int
    recreate: bool
    timeout: int
    wait: bool
    force: bool
    description: str
    cleanup_on_fail: bool
    def __init__(self, name: _Optional[str] = ..., dry_run: bool = ..., disable_hooks: bool = ..., version: _Optional[int] = ..., recreate: bool = ..., timeout: _Optional[int] = ..., wait: bool = ..., force: bool = ..., description: _Optional[str] = ..., cleanup_on_fail: bool = ...) -> None: ...

class RollbackReleaseResponse(_message.Message):
    __slots__ = ("release",)
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ...) -> None: ...

class InstallReleaseRequest(_message.Message):
    __slots__ = ("chart", "values", "dry_run", "name", "disable_hooks", "namespace", "reuse_name", "timeout", "wait", "disable_crd_hook", "description", "subNotes")
    CHART_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISABLE_HOOKS_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    REUSE_NAME_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    DISABLE_CRD_HOOK_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SUBNOTES_FIELD_NUMBER: _ClassVar[int]
    chart: _chart_pb2.Chart
    values: _config_pb2.Config
    dry_run: bool
    name: str
    disable_hooks: bool
    namespace: str
    reuse_name: bool
    timeout: int
    wait: bool
    disable_crd_hook: bool
    description: str
    subNotes: bool
    def __init__(self, chart: _Optional[_Union[_chart_pb2.Chart, _Mapping]] = ..., values: _Optional[_Union[_config_pb2.Config, _Mapping]] = ..., dry_run: bool = ..., name: _Optional[str] = ..., disable_hooks: bool = ..., namespace: _Optional[str] = ..., reuse_name: bool = ..., timeout: _Optional[int] = ..., wait: bool = ..., disable_crd_hook: bool = ..., description: _Optional[str] = ..., subNotes: bool = ...) -> None: ...

class InstallReleaseResponse(_message.Message):
    __slots__ = ("release",)
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ...) -> None: ...

class UninstallReleaseRequest(_message.Message):
    __slots__ = ("name", "disable_hooks", "purge", "timeout", "description")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISABLE_HOOKS_FIELD_NUMBER: _ClassVar[int]
    PURGE_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    name: str
    disable_hooks: bool
    purge: bool
    timeout: int
    description: str
    def __init__(self, name: _Optional[str] = ..., disable_hooks: bool = ..., purge: bool = ..., timeout: _Optional[int] = ..., description: _Optional[str] = ...) -> None: ...

class UninstallReleaseResponse(_message.Message):
    __slots__ = ("release", "info")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    info: str
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ..., info: _Optional[str] = ...) -> None: ...

class GetVersionRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetVersionResponse(_message.Message):
    __slots__ = ("Version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    Version: _version_pb2.Version
    def __init__(self, Version: _Optional[_Union[_version_pb2.Version, _Mapping]] = ...) -> None: ...

class GetHistoryRequest(_message.Message):
    __slots__ = ("name", "max")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    name: str
    max: int
    def __init__(self, name: _Optional[str] = ..., max: _Optional[int] = ...) -> None: ...

class GetHistoryResponse(_message.Message):
    __slots__ = ("releases",)
    RELEASES_FIELD_NUMBER: _ClassVar[int]
    releases: _containers.RepeatedCompositeFieldContainer[_release_pb2.Release]
    def __init__(self, releases: _Optional[_Iterable[_Union[_release_pb2.Release, _Mapping]]] = ...) -> None: ...

class TestReleaseRequest(_message.Message):
    __slots__ = ("name", "timeout", "cleanup", "parallel", "max_parallel", "logs")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    CLEANUP_FIELD_NUMBER: _ClassVar[int]
    PARALLEL_FIELD_NUMBER: _ClassVar[int]
    MAX_PARALLEL_FIELD_NUMBER: _ClassVar[int]
    LOGS_FIELD_NUMBER: _ClassVar[int]
    name: str
    timeout: int
    cleanup: bool
    parallel: bool
    max_parallel: int
    logs: bool
    def __init__(self, name: _Optional[str] = ..., timeout: _Optional[int] = ..., cleanup: bool = ..., parallel: bool = ..., max_parallel: _Optional[int] = ..., logs: bool = ...) -> None: ...

class TestReleaseResponse(_message.Message):
    __slots__ = ("msg", "status")
    MSG_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    msg: str
    status: _test_run_pb2.TestRun.Status
    def __init__(self, msg: _Optional[str] = ..., status: _Optional[_Union[_test_run_pb2.TestRun.Status, str]] = ...) -> None: ...
