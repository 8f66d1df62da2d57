// Orders takes orders for what the catalog offers.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	catalog := os.Getenv("CATALOG_URL")
	if catalog == "" {
		log.Fatal("CATALOG_URL is required")
	}
	http.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
	log.Fatal(http.ListenAndServe(":8081", nil))
}
