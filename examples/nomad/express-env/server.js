const express = require("express");

const app = express();
const port = process.env.PORT || 3000;
const title = process.env.APP_TITLE || "notes";
const apiKey = process.env.API_KEY;

app.get("/healthz", (_req, res) => res.send("ok"));
app.get("/", (_req, res) => res.json({ title, keyed: Boolean(apiKey) }));

app.listen(port, () => console.log(`${title} listens on ${port}`));
