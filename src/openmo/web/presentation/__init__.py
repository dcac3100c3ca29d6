"""How things read on a page: languages, dates, sizes, Markdown, source, notebooks. No HTTP, no database."""
