"""REST under /api: one file a subject, its models, and the OpenAPI and AsyncAPI documents."""
