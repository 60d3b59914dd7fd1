"""python -m ganlab"""
