from helmpy.hapi.release import hook_pb2 as _hook_pb2
from helmpy.hapi.release import info_pb2 as _info_pb2
from helmpy.hapi.chart import config_pb2 as _config_pb2
from helmpy.hapi.chart import chart_pb2 as _chart_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Release(_message.Message):
    __slots__ = ("name", "info", "chart", "config", "manifest", "hooks", "version", "namespace")
    NAME_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    CHART_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    MANIFEST_FIELD_NUMBER: _ClassVar[int]
    HOOKS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    name: str
    info: _info_pb2.Info
    chart: _chart_pb2.Chart
    config: _config_pb2.Config
    manifest: str
    hooks: _containers.RepeatedCompositeFieldContainer[_hook_pb2.Hook]
    version: int
    namespace: str
    def __init__(self, name: _Optional[str] = ..., info: _Optional[_Union[_info_pb2.Info, _Mapping]] = ..., chart: _Optional[_Union[_chart_pb2.Chart, _Mapping]] = ..., config: _Optional[_Union[_config_pb2.Config, _Mapping]] = ..., manifest: _Optional[str] = ..., hooks: _Optional[_Iterable[_Union[_hook_pb2.Hook, _Mapping]]] = ..., version: _Optional[int] = ..., namespace: _Optional[str] = ...) -> None: ...
