variable "environment" {
  type        = string
  description = "Part of every name, so that environments can stand side by side."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.environment))
    error_message = "Lower-case letters, digits and - are expected."
  }
}

variable "hosts" {
  type        = number
  default     = 1
  description = "Number of hosts that the service runs on."

  validation {
    condition     = var.hosts >= 1 && var.hosts <= 9
    error_message = "One to nine hosts are expected."
  }
}

variable "cidr" {
  type        = string
  description = "Addresses of the environment's own network."
}

variable "machine_images" {
  type        = map(map(string))
  default     = {}
  description = "Ids of machine images, by builder and region; the delivery hands them in."
}

variable "database_password" {
  type        = string
  sensitive   = true
  description = "Never shown: it comes from a secret."
}
