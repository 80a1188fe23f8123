environment = "production"
hosts       = 2
cidr        = "10.30.0.0/24"
