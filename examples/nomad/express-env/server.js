const express = require("express");

const app = express();
const port = process.env.PORT || 3000;
const title = process.env.APP_TITLE || "notes";
const region = process.env.REGION;

app.get("/healthz", (_req, res) => res.send("ok"));
app.get("/", (_req, res) => res.json({ title, region }));

if (!region) throw new Error("REGION is required");

app.listen(port, () => console.log(`${title} listens on ${port}`));
