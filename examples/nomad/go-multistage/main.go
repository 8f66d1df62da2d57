// Links shortens URLs and keeps them in memory.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	addr := os.Getenv("LISTEN_ADDR")
	if addr == "" {
		addr = ":8080"
	}
	base := os.Getenv("BASE_URL")
	if base == "" {
		log.Fatal("BASE_URL is required")
	}
	http.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, base) })
	log.Fatal(http.ListenAndServe(addr, nil))
}
