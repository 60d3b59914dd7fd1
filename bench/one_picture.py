"""An app of one picture, which `cold.py` measures beside the pages: what Streamlit and the browser take alone."""

import numpy as np
import streamlit as st

st.image(np.full((64, 64, 3), 128, np.uint8))
