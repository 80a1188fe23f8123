# What the shop needs around it in one environment. It stands for a provider's resources and uses none: `terraform_data`
# is built into Terraform and OpenTofu, so it is planned, applied and replaced on any machine without a download.

terraform {
  required_version = ">= 1.4"

  # Where the state lies is configuration: -backend-config=workspace_dir=/absolute/folder. Plan and apply run in
  # different checkouts, so a relative path would be another state in each.
  backend "local" {}
}

locals {
  # The system image of a host, by builder and region as the delivery record has them.
  system = try(var.machine_images["docker.host"]["default"], "none")
}

resource "terraform_data" "network" {
  input = {
    name = "shop-${var.environment}"
    cidr = var.cidr
  }
}

# A new system image replaces every host; a change of anything else keeps them.
resource "terraform_data" "host" {
  count = var.hosts

  input = {
    name    = "shop-${var.environment}-${count.index + 1}"
    address = cidrhost(terraform_data.network.input.cidr, 10 + count.index)
  }
  triggers_replace = [local.system]

  # What runs on this machine: a provider would wait here until the host answers.
  provisioner "local-exec" {
    command     = "echo \"host $HOST_NAME starts from $SYSTEM\""
    environment = { HOST_NAME = self.input.name, SYSTEM = local.system }
  }
}

resource "terraform_data" "database" {
  input = {
    name    = "shop_${var.environment}"
    network = terraform_data.network.input.name
    # Its digest, so that the password itself is in no state: a new password changes the database in place.
    password = sha256("shop ${var.database_password}")
  }
}
