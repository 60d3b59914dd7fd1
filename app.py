"""Entry of `streamlit run app.py`: the server's part when it is imported, the router when it is run as a script."""

from streamlit import runtime

if runtime.exists():
    from ganlab.ui.shell import router

    router()
else:
    import streamlit as st

    from ganlab.ui.assets import routes
    from ganlab.ui.server import lifespan

    app = st.App(__file__, lifespan=lifespan, routes=routes())
