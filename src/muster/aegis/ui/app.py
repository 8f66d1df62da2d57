"""What Streamlit runs for `aegis ui`."""

import streamlit as st

from muster.aegis.ui.page import render

st.set_page_config(page_title="aegis", layout="wide")
render()
