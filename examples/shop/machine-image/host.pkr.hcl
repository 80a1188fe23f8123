# The machine that the shop runs on, from one template: `docker.host` is the system itself, on which changes are tried
# before a cloud is paid for; `file.motd` is what people read who log in on it.
# Add an amazon-ebs or alicloud-ecs source beside them: provisioner and smoke test stay the same.

variable "node_image" {
  type        = string
  default     = "node:24"
  description = "Image that the system starts from: the one that the service is built on."
}

variable "system_version" {
  type        = string
  default     = "1"
  description = "Written into the system, so that a running machine says what it was made from."
}

source "docker" "host" {
  image = var.node_image
  # An image that this engine has is used as it is; one that it lacks is pulled when the container starts.
  pull   = false
  commit = true
  # The shell as command, not as entry point: an entry point would stay in the image. Without network, so that
  # what is installed comes from here and is the same every time.
  run_command = ["-d", "-i", "-t", "--network=none", "--", "{{.Image}}", "/bin/sh"]
  changes = [
    "LABEL org.opencontainers.image.title=shop-host",
    "LABEL org.opencontainers.image.version=${var.system_version}",
    "CMD [\"node\", \"--version\"]",
  ]
}

source "file" "motd" {
  content = "shop host, system version ${var.system_version}\nChanges made here are lost: the next machine comes from the template.\n"
  target  = "motd"
}

build {
  sources = ["source.docker.host", "source.file.motd"]

  provisioner "shell" {
    only             = ["docker.host"]
    environment_vars = ["SYSTEM_VERSION=${var.system_version}"]
    script           = "provision.sh"
  }

  post-processor "manifest" {
    output = "packer-manifest.json"
  }
}
