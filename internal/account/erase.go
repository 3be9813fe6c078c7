package account

import (
	"strings"

	"github.com/diarchy/diarchy/internal/ledger"
)

// Erase ends the accounts of erased people and leaves no name in what is kept of any
// account. value gives what a field says without the names of erased people. It gives
// the ids of the accounts that it ended, and may be called again.
func Erase(t *ledger.Tx, value func(string) string) (ended []string, err error) {
	rows, err := named(t, value)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if err := erase(t, r.id, value(r.person), value(r.name)); err != nil {
			return nil, err
		}
		ended = append(ended, r.id)
	}
	for _, table := range []string{"session", "api_token", "one_time_link"} {
		if err := reword(t, table, value); err != nil {
			return nil, err
		}
	}
	return ended, nil
}

// Belongs tells whether an account is of somebody whom value calls otherwise. An account of
// somebody else may have a name like theirs.
func Belongs(person, name string, value func(string) string) bool {
	if person == "" {
		person = name
	}
	return value(person) != person
}

// named are the accounts of erased people.
func named(t *ledger.Tx, value func(string) string) (out []row, err error) {
	err = t.Each("SELECT id, name, person FROM account ORDER BY id", nil, func(scan func(...any) error) error {
		var r row
		err := scan(&r.id, &r.name, &r.person)
		if Belongs(r.person, r.name, value) {
			out = append(out, r)
		}
		return err
	})
	return out, err
}

func erase(t *ledger.Tx, id, person, name string) error {
	if person != "" {
		name = person
	}
	_, err := t.Exec("UPDATE account SET name = ?, person = ?, password = '', deactivated_us = COALESCE(deactivated_us, ?) WHERE id = ?", name+"-"+id, person, ledger.Micros(t.Now), id)
	if err != nil {
		return err
	}
	for _, table := range []string{"session", "api_token", "one_time_link", "totp", "recovery_code", "identity", "account_role"} {
		if _, err := t.Exec("DELETE FROM "+table+" WHERE account = ?", id); err != nil {
			return err
		}
	}
	return nil
}

// reword takes names out of the standing of others, who may report to an erased person.
func reword(t *ledger.Tx, table string, value func(string) string) error {
	changed := map[string]string{}
	err := t.Each("SELECT DISTINCT standing FROM "+table, nil, func(scan func(...any) error) error {
		var standing string
		err := scan(&standing)
		words := strings.Split(standing, " ")
		for i, w := range words {
			words[i] = value(w)
		}
		if new := strings.Join(words, " "); new != standing {
			changed[standing] = new
		}
		return err
	})
	for old, new := range changed {
		if err == nil {
			_, err = t.Exec("UPDATE "+table+" SET standing = ? WHERE standing = ?", new, old)
		}
	}
	return err
}
