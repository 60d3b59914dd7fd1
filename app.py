"""Entry of `streamlit run app.py`: the server's part when it is imported, the router when it is run as a script."""

from streamlit import runtime

if runtime.exists():
    from ganlab.ui.shell import router

    router()
else:
    import streamlit as st
    from starlette.middleware import Middleware

    from ganlab.ui import headers, starting
    from ganlab.ui.assets import routes
    from ganlab.ui.frontend import Frontend
    from ganlab.ui.gate import Gate
    from ganlab.ui.playground import connection
    from ganlab.ui.server import lifespan, tell_of_error

    starting.check()
    app = st.App(
        __file__,
        lifespan=lifespan,
        routes=[*routes(), *connection.routes()],
        middleware=[*headers.middleware(), Middleware(Gate), Middleware(Frontend)],
        on_script_error=tell_of_error,
    )
