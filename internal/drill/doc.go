// Package drill shows that nothing is lost, whatever happens to the process, the file
// or the disk: real processes are killed, real disks filled, real files damaged. It
// holds tests alone. `go test` runs their quick form, `make drill` the long one;
// docs/reliability.md says what each shows.
package drill
