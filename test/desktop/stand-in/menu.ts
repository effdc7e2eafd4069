import type { MenuItemConstructorOptions } from 'electron/main';

/** One item; a click toggles a checkbox first, as the runtime does, and then tells the application. */
export class MenuItem {
  id: string;
  label: string;
  type: NonNullable<MenuItemConstructorOptions['type']>;
  role: MenuItemConstructorOptions['role'];
  enabled: boolean;
  checked: boolean;
  accelerator: string | undefined;
  registerAccelerator: boolean;
  submenu: Menu | undefined;
  click: () => void;

  constructor(options: MenuItemConstructorOptions) {
    const { submenu, click } = options;
    this.id = options.id ?? '';
    this.label = options.label ?? options.role ?? '';
    this.type = options.type ?? (submenu ? 'submenu' : 'normal');
    this.role = options.role;
    this.enabled = options.enabled ?? true;
    this.checked = options.checked ?? false;
    this.accelerator = options.accelerator;
    this.registerAccelerator = options.registerAccelerator ?? true;
    this.submenu = Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : undefined;
    this.click = () => {
      if (this.type === 'checkbox') this.checked = !this.checked;
      click?.(this as never, undefined as never, {} as never);
    };
  }
}

let applicationMenu: Menu | null = null;

export class Menu {
  static buildFromTemplate = (template: (MenuItemConstructorOptions | MenuItem)[]): Menu => {
    const menu = new Menu();
    menu.items = template.map((one) => (one instanceof MenuItem ? one : new MenuItem(one)));
    return menu;
  };
  static setApplicationMenu = (menu: Menu | null): void => {
    applicationMenu = menu;
  };
  static getApplicationMenu = (): Menu | null => applicationMenu;

  items: MenuItem[] = [];

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : (item.submenu?.getMenuItemById(id) ?? null);
      if (found) return found;
    }
    return null;
  }
}
