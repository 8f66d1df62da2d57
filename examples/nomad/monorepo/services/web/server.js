const express = require('express');

const app = express();
const catalog = process.env.CATALOG_URL;
const orders = process.env.ORDERS_URL;
if (!catalog || !orders) throw new Error('CATALOG_URL and ORDERS_URL are required');

app.get('/healthz', (request, response) => response.send('ok'));
app.get('/', async (request, response) => response.json(await (await fetch(`${catalog}/items`)).json()));
app.listen(3000);
