/** An expression as a person reads and writes it: fields by their names in square brackets, where the API has their ids. */
export function readable(expression: string, fields: readonly { id: string; name: string }[]): string {
  return expression.replace(/\{([^{}]*)\}/g, (whole, id: string) => {
    const name = fields.find(each => each.id === id)?.name;
    return name && !/[[\]]/.test(name) ? `[${name}]` : whole;
  });
}
