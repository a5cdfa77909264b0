"""Reports of the desk's figures as files: what is in one, and how it is written as Markdown, HTML and text."""
