from helmpy.hapi.chart import config_pb2 as _config_pb2
from helmpy.hapi.chart import metadata_pb2 as _metadata_pb2
from helmpy.hapi.chart import template_pb2 as _template_pb2
from google.protobuf import any_pb2 as _any_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Chart(_message.Message):
    __slots__ = ("metadata", "templates", "dependencies", "values", "files")
    METADATA_FIELD_NUMBER: _ClassVar[int]
    TEMPLATES_FIELD_NUMBER: _ClassVar[int]
    DEPENDENCIES_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    metadata: _metadata_pb2.Metadata
    templates: _containers.RepeatedCompositeFieldContainer[_template_pb2.Template]
    dependencies: _containers.RepeatedCompositeFieldContainer[Chart]
    values: _config_pb2.Config
    files: _containers.RepeatedCompositeFieldContainer[_any_pb2.Any]
    def __init__(self, metadata: _Optional[_Union[_metadata_pb2.Metadata, _Mapping]] = ..., templates: _Optional[_Iterable[_Union[_template_pb2.Template, _Mapping]]] = ..., dependencies: _Optional[_Iterable[_Union[Chart, _Mapping]]] = ..., values: _Optional[_Union[_config_pb2.Config, _Mapping]] = ..., files: _Optional[_Iterable[_Union[_any_pb2.Any, _Mapping]]] = ...) -> None: ...
