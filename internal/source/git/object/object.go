// Package object reads git objects (commits, trees, blobs) from packs and loose files
// without the git program, and compares trees as `git diff-tree -r` does.
//
// It answers with what git would answer, or with an error: a caller can then ask the
// git program instead. It reads the format of SHA-1 and SHA-256 repositories, and knows
// nothing of references, replaced objects or grafts.
package object

import (
	"encoding/hex"
	"errors"
	"fmt"
)

// Errors that the errors of this package wrap.
var (
	ErrMissing  = errors.New("object is missing")
	ErrTooLarge = errors.New("object is larger than the limit")
	ErrDamaged  = errors.New("object store is damaged")
)

// Type is the type of an object.
type Type uint8

// The types, as packs number them.
const (
	TypeCommit Type = 1
	TypeTree   Type = 2
	TypeBlob   Type = 3
	TypeTag    Type = 4
)

const (
	typeOffsetDelta Type = 6
	typeRefDelta    Type = 7
)

// String is git's name of the type.
func (t Type) String() string {
	if t >= TypeCommit && t <= TypeTag {
		return [...]string{"commit", "tree", "blob", "tag"}[t-1]
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// ID names an object. A SHA-1 takes the first 20 bytes, and the others are zero.
// The zero ID stands for no object.
type ID [32]byte

// ParseID reads 40 or 64 hexadecimal digits.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 40 && len(s) != 64 {
		return id, fmt.Errorf("object name %.80q does not have 40 or 64 digits", s)
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, fmt.Errorf("object name %q: %w", s, err)
	}
	return id, nil
}

// IsZero tells whether id stands for no object.
func (id ID) IsZero() bool { return id == ID{} }

// String is the ID in hexadecimal digits: 40, or 64 of a SHA-256.
func (id ID) String() string {
	for _, b := range id[20:] {
		if b != 0 {
			return hex.EncodeToString(id[:])
		}
	}
	return hex.EncodeToString(id[:20])
}

// makeID makes an ID of the bytes that a tree or a delta holds.
func makeID(raw []byte) (id ID) {
	copy(id[:], raw)
	return id
}
