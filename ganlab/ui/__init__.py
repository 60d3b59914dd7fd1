"""The only package that imports streamlit, besides app.py and the pages."""
