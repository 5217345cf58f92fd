"""`core` has no tables; this file exists because Django sends post_migrate only to apps with models."""
