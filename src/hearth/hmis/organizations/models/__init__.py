from hearth.hmis.organizations.models.organization import Organization
from hearth.hmis.organizations.models.participation import Affiliation, CEParticipation, HMISParticipation
from hearth.hmis.organizations.models.project import Funder, Inventory, Project, ProjectCoC
from hearth.hmis.organizations.models.project_group import ProjectGroup
from hearth.hmis.organizations.models.region import Region, RegionContact, RegionCounty, TribalNation
from hearth.hmis.organizations.models.source import DataSource, Export, SourceUser

__all__ = [
    "Affiliation",
    "CEParticipation",
    "DataSource",
    "Export",
    "Funder",
    "HMISParticipation",
    "Inventory",
    "Organization",
    "Project",
    "ProjectCoC",
    "ProjectGroup",
    "Region",
    "RegionContact",
    "RegionCounty",
    "SourceUser",
    "TribalNation",
]
