"""Documents on paper: SVG to PDF and PNG, and .docx. Nothing here knows what a review is."""
