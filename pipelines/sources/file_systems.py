"""Beam's `FileSystems`, ready for use outside of a pipeline too."""

from typing import Any


def file_systems() -> Any:  # noqa: ANN401 (Beam is loaded when needed)
    """`FileSystems`, with options: S3 refuses to work without any, and planning comes before any pipeline.

    Pipeline options such as `--s3_endpoint_url` hold where `FileSystems.set_options` or a pipeline set them
    before; without them the environment of the clients does (`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, ...).
    """
    from apache_beam.io.filesystems import FileSystems
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.options.value_provider import RuntimeValueProvider

    if FileSystems._pipeline_options is None and RuntimeValueProvider.runtime_options is None:
        FileSystems.set_options(PipelineOptions([]))  # an empty list: not those of the command line
    return FileSystems
