environment = "staging"
hosts       = 1
cidr        = "10.20.0.0/24"
