"""A page that shows hostile texts in every place that the real one has for texts of others."""

import streamlit as st

from aegis.ui.playing_python import HOSTILE
from muster.aegis.ui.plain import escaped, say, show_lines

MORE = f"{HOSTILE} [a](http://127.0.0.1:1/) www.example.invalid a@example.invalid :smile: :red[x] `y` ~~z~~ # h"

st.button(escaped(MORE))
st.caption(escaped(MORE))
st.text_input(escaped(MORE))
with st.expander(escaped(MORE)):
    say(MORE)
st.subheader(escaped(MORE), anchor=False)
show_lines([MORE])
