output "hosts" {
  description = "Address of every host, by name."
  value       = { for host in terraform_data.host : host.output.name => host.output.address }
}

output "system" {
  description = "Id of the machine image that the hosts start from."
  value       = local.system
}

output "network" {
  description = "Name of the environment's network."
  value       = terraform_data.network.output.name
}

output "database" {
  description = "Name of the database and its secret part, hidden."
  value       = terraform_data.database.output
  sensitive   = true
}
