"""Who sells, installs and delivers: the companies of the programme (8.4)."""

from backend.supervision.actions import register_company
from backend.supervision.errors import CompanyKnown
from backend.supervision.models import CONTRACTOR, FUEL_SUPPLIER, KINDS
from backend.supervision.queries import CompanyView, area_of_company, companies, company, company_name

__all__ = [
    "CONTRACTOR", "FUEL_SUPPLIER", "KINDS", "CompanyKnown", "CompanyView", "area_of_company", "companies", "company", "company_name", "register_company",
]  # fmt: skip
