"""Workbooks, written and read: .xlsx out; .xlsx, .xls, .ods and delimited text in. No word of reviews here.

`book` describes what to write and `write.write_book` writes it; `read.read_book` gives the grids of any file.
"""
