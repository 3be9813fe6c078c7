package ledger

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
)

const (
	keySuffix = ".key"
	keyBytes  = 32
)

// key seals what the ledger must be able to read again, and signs the audit trail's
// newest line. It is in a file of its own, so that a copy of the ledger alone gives
// neither away.
type key []byte

// openKey reads the key, and makes one when there is none.
func openKey(path string) (key, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the ledger's key: %w", err)
	}
	k, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(k) != keyBytes {
		return nil, problem.New(problem.Damaged, "put back the file that was there: without it second factors must be set up again", "%s is no key of a ledger", path)
	}
	return k, nil
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// makeKey writes a new key, in a folder of its own if that is not there. Of two processes that make one at once, both take that of
// the quicker.
func makeKey(path string) (key, error) {
	if err := folder(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("make the ledger's key: %w", err)
	}
	k := make(key, keyBytes)
	rand.Read(k) //nolint:errcheck // never fails
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return nil, fmt.Errorf("make the ledger's key: %w", err)
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // a name that is too many
	_, err = tmp.WriteString(hex.EncodeToString(k) + "\n")
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return nil, fmt.Errorf("make the ledger's key: %w", err)
	}
	if err := os.Link(tmp.Name(), path); errors.Is(err, fs.ErrExist) {
		return openKey(path)
	} else if err != nil {
		return nil, fmt.Errorf("make the ledger's key: %w", err)
	}
	return k, nil
}

// derived is a key for one purpose.
func (k key) derived(purpose string) []byte { return k.mac("derive", []byte(purpose)) }

// mac signs parts for a purpose. Parts have a fixed length, or there is only one.
func (k key) mac(purpose string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, k)
	h.Write([]byte(purpose + "\x00"))
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// Keyed is a hash of something that can be guessed, such as a name: without the key it
// cannot be.
func (l *Ledger) Keyed(purpose, s string) []byte { return l.key.mac(purpose, []byte(s)) }

// Seal encrypts a secret, for one purpose and one owner.
func (l *Ledger) Seal(purpose, owner string, secret []byte) []byte {
	aead := l.aead(purpose)
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce) //nolint:errcheck // never fails
	return aead.Seal(nonce, nonce, secret, []byte(owner))
}

// Unseal decrypts what Seal made for the same purpose and owner.
func (l *Ledger) Unseal(purpose, owner string, sealed []byte) ([]byte, error) {
	aead := l.aead(purpose)
	if len(sealed) < aead.NonceSize() {
		return nil, errSealed(purpose)
	}
	secret, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(owner))
	if err != nil {
		return nil, errSealed(purpose)
	}
	return secret, nil
}

func errSealed(purpose string) error {
	return problem.New(problem.Damaged, "put back the key that was beside the ledger, or set it up again", "the %s was sealed with another key", purpose)
}

func (l *Ledger) aead(purpose string) cipher.AEAD {
	block, err := aes.NewCipher(l.key.derived(purpose))
	if err != nil {
		panic(err) // a key of 32 bytes
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES
	}
	return aead
}
