// Package archtest holds no code, only the test that every package imports what the
// table in docs/architecture.md lets it import, and nothing else.
package archtest
