"""How commands name datasets: OWNER/NAME, or NAME for one's own, and perhaps @VERSION."""

from dataclasses import dataclass

from openmo.cli.client import ApiClient, full_name
from openmo.core.references import Reference
from openmo.datasets.schemas import DatasetDetails
from openmo.datasets.values import version_number


@dataclass(frozen=True, slots=True)
class Named:
    """A dataset that somebody named."""

    reference: Reference

    @property
    def name(self) -> str:
        """`owner/name`."""
        return f"{self.reference.owner}/{self.reference.name}"

    @property
    def path(self) -> str:
        """The API path."""
        return f"/datasets/{self.name}"

    def version(self, client: ApiClient) -> int:
        """That was named, or the newest; raises InvalidInput, Refused."""
        found = version_number(self.reference.version)
        return found if found is not None else client.get(self.path).read(DatasetDetails).version


def named(client: ApiClient, dataset: str) -> Named:
    """What the text names; raises InvalidInput for another shape."""
    return Named(Reference.parse_dataset(full_name(client, dataset), field="dataset"))
