module github.com/muster-examples/links

go 1.23
