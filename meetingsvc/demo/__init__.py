"""The invented area Northmoor: nobody in it exists, and it is the same each time it is made on a day."""
