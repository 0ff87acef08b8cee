#!/usr/bin/env bash
# gocloud.dev/blob/fileblob v0.46.0: a write that fails for lack of room replaces the good file.
#
# Pulumi's file backend keeps its state through this package. `WriteAll` writes a temporary file and
# renames it over the state. Where the write fails, `WriteAll` returns the error, but closes the
# writer first, and closing renames the half-written file: the writer's own checksum is that of
# the whole text, so nothing stops it. So a full disk in the middle of `pulumi up` leaves a state
# that is cut off, although every write is said to be atomic. The file `.bak` beside it is whole.
#
# A limit on the size of files stands for the full disk here.
# Seen with gocloud.dev v0.46.0 on Go 1.26: see `expected` below.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

cat > main.go <<'PROGRAM'
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gocloud.dev/blob/fileblob"
)

func main() {
	bucket, err := fileblob.OpenBucket(os.Args[1], &fileblob.Options{NoTempDir: true})
	if err != nil {
		panic(err)
	}
	state := filepath.Join(os.Args[1], "state.json")
	for _, size := range []int{1000, 100000} {
		err := bucket.WriteAll(context.Background(), "state.json", bytes.Repeat([]byte("x"), size), nil)
		held, _ := os.ReadFile(state)
		fmt.Printf("%d bytes written, refused: %t, bytes in the file: %d\n", size, err != nil, len(held))
	}
}
PROGRAM
go mod init finding >/dev/null 2>&1
go get gocloud.dev@v0.46.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go build -o finding .
mkdir bucket
(
    trap '' XFSZ
    ulimit -f 16 # times 1024 bytes
    ./finding "$folder/bucket"
) > seen
cat seen

cat > expected <<'EXPECTED'
1000 bytes written, refused: false, bytes in the file: 1000
100000 bytes written, refused: true, bytes in the file: 16384
EXPECTED
diff expected seen && echo "fileblob v0.46.0 still does so"
