module github.com/muster-examples/market/orders

go 1.23
