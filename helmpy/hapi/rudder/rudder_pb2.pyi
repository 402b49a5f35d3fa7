from helmpy.hapi.release import info_pb2 as _info_pb2
from helmpy.hapi.release import release_pb2 as _release_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Result(_message.Message):
    __slots__ = ("info", "log")
    class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[Result.Status]
        SUCCESS: _ClassVar[Result.Status]
        UNCHANGED: _ClassVar[Result.Status]
        ERROR: _ClassVar[Result.Status]
    UNKNOWN: Result.Status
    SUCCESS: Result.Status
    UNCHANGED: Result.Status
    ERROR: Result.Status
    INFO_FIELD_NUMBER: _ClassVar[int]
    LOG_FIELD_NUMBER: _ClassVar[int]
    info: str
    log: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, info: _Optional[str] = ..., log: _Optional[_Iterable[str]] = ...) -> None: ...

class VersionReleaseRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class VersionReleaseResponse(_message.Message):
    __slots__ = ("name", "version")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class InstallReleaseRequest(_message.Message):
    __slots__ = ("release",)
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ...) -> None: ...

class InstallReleaseResponse(_message.Message):
    __slots__ = ("release", "result")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    result: Result
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ..., result: _Optional[_Union[Result, _Mapping]] = ...) -> None: ...

class DeleteReleaseRequest(_message.Message):
    __slots__ = ("release",)
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ...) -> None: ...

class DeleteReleaseResponse(_message.Message):
    __slots__ = ("release", "result")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    result: Result
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ..., result: _Optional[_Union[Result, _Mapping]] = ...) -> None: ...

class UpgradeReleaseRequest(_message.Message):
    __slots__ = ("current", "target", "Timeout", "Wait", "Recreate", "Force", "CleanupOnFail")
    CURRENT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    RECREATE_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    CLEANUPONFAIL_FIELD_NUMBER: _ClassVar[int]
    current: _release_pb2.Release
    target: _release_pb2.Release
    Timeout: int
    Wait: bool
    Recreate: bool
    Force: bool
    CleanupOnFail: bool
    def __init__(self, current: _Optional[_Union[_release_pb2.Release, _Mapping]] = ..., target: _Optional[_Union[_release_pb2.Release, _Mapping]] = ..., Timeout: _Optional[int] = ..., Wait: bool = ..., Recreate: bool = ..., Force: bool = ..., CleanupOnFail: bool = ...) -> None: ...

class UpgradeReleaseResponse(_message.Message):
    __slots__ = ("release", "result")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    result: Result
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ..., result: _Optional[_Union[Result, _Mapping]] = ...) -> None: ...

class RollbackReleaseRequest(_message.Message):
    __slots__ = ("current", "target", "Timeout", "Wait", "Recreate", "Force", "CleanupOnFail")
    CURRENT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    RECREATE_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    CLEANUPONFAIL_FIELD_NUMBER: _ClassVar[int]
    current: _release_pb2.Release
    target: _release_pb2.Release
    Timeout: int
    Wait: bool
    Recreate: bool
    Force: bool
    CleanupOnFail: bool
    def __init__(self, current: _Optional[_Union[_release_pb2.Release, _Mapping]] = ..., target: _Optional[_Union[_release_pb2.Release, _Mapping]] = ..., Timeout: _Optional[int] = ..., Wait: bool = ..., Recreate: bool = ..., Force: bool = ..., CleanupOnFail: bool = ...) -> None: ...

class RollbackReleaseResponse(_message.Message):
    __slots__ = ("release", "result")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    result: Result
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ..., result: _Optional[_Union[Result, _Mapping]] = ...) -> None: ...

class ReleaseStatusRequest(_message.Message):
    __slots__ = ("release",)
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ...) -> None: ...

class ReleaseStatusResponse(_message.Message):
    __slots__ = ("release", "info")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    release: _release_pb2.Release
    info: _info_pb2.Info
    def __init__(self, release: _Optional[_Union[_release_pb2.Release, _Mapping]] = ..., info: _Optional[_Union[_info_pb2.Info, _Mapping]] = ...) -> None: ...
