"""LSA and HIC: HUD's Longitudinal System Analysis (specifications v8, FY2026) and Housing Inventory Count."""
