package account

type provider struct{}
